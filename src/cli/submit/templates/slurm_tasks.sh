#!/bin/bash
# Written by crackdown {{ version }}. Every task runs one shard of the study; what is finished already is not run again.
#SBATCH --job-name={{ name }}
#SBATCH --array=1-{{ shards }}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={{ threads }}
#SBATCH --mem={{ megabytes }}M
#SBATCH --time={{ clock }}
#SBATCH --output={{ (folder | for_slurm ~ "/logs/shard-%a.txt") | quoted }}
{% if here %}
cd {{ here | quoted }} || exit 1
{% endif %}
exec {{ program | quoted }} {{ make | words }} --shard auto/{{ shards }} --threads {{ threads }} --quiet
